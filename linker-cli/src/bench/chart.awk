# Draws the table of times in docs/performance.md as a picture (SVG), a row of bars for each job, each to its own scale:
#
#   awk -f linker-cli/src/bench/chart.awk docs/performance.md > docs/images/performance.svg
BEGIN { FS = " *[|] *" }
/^\| job \| GNU ld \| gold /&& !ncols { for (i = 3; i < NF; i++) if ($i != "empty Java") { cols[++ncols] = i; title[i] = $i }; inside = 1; next }
inside && /^\| ---/ { next }
inside && (/memory/ || !/^\|/) { inside = 0 }
inside { jobs[++njobs] = $2; for (c = 1; c <= ncols; c++) time[njobs, c] = $cols[c] }
END {
  width = 720; left = 96; bar = 14; gap = 4; head = 30; space = 16
  group = head + ncols * (bar + gap) + space
  columns = 2; cell = width / columns
  rows = int((njobs + columns - 1) / columns)
  height = rows * group + 4
  printf "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" role=\"img\" aria-labelledby=\"t\">\n", width, height
  print "<title id=\"t\">Times in ms of links by several linkers</title>"
  print "<style>"
  print "  text { font: 12px system-ui, sans-serif; fill: #3c444c } .job { font-weight: 600; fill: #1c2024 }"
  print "  rect { fill: #aeb7c0 } .own { fill: #1668b8 }"
  print "  @media (prefers-color-scheme: dark) { text { fill: #b3bcc6 } .job { fill: #e8ebee } rect { fill: #59636e } .own { fill: #5aa2ec } }"
  print "</style>"
  for (j = 1; j <= njobs; j++) {
    x = ((j - 1) % columns) * cell
    y = int((j - 1) / columns) * group
    printf "<text class=\"job\" x=\"%d\" y=\"%d\">%s</text>\n", x + 4, y + 20, jobs[j]
    most = 0
    for (c = 1; c <= ncols; c++) if (time[j, c] + 0 > most) most = time[j, c] + 0
    for (c = 1; c <= ncols; c++) {
      at = y + head + (c - 1) * (bar + gap)
      long = time[j, c] / most * (cell - left - 70)
      own = title[cols[c]] ~ /^jld/ ? " class=\"own\"" : ""
      printf "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>", x + left - 8, at + 11, title[cols[c]]
      printf "<rect%s x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" rx=\"2\"/>", own, x + left, at, long < 1 ? 1 : long, bar
      printf "<text x=\"%.1f\" y=\"%d\">%s</text>\n", x + left + long + 6, at + 11, time[j, c]
    }
  }
  print "</svg>"
}
