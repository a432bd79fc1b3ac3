# Turns what bench.sh has measured into tables (Markdown). Fields are separated by tabs:
#
#   job     JOB DESCRIPTION
#   time    JOB LINKER ROUND MICROSECONDS
#   memory  JOB LINKER KIB
#   pass    JOB cold|warm THREADS ROUND PASS MILLISECONDS
#   target  JOB jld|warm|server|relink, object|memory LINKER GOAL LEAST
#
# A ratio is taken within a round and then has a minimum, a median and a maximum of its own.
BEGIN { FS = "\t" }
$1 == "job" { jobs[++njobs] = $2; title[$2] = $3 }
$1 == "time" {
  if (!(($2, $3) in seen)) { seen[$2, $3] = 1; linkers[$2] = linkers[$2] "\t" $3 }
  time[$2, $3, $4] = $5
  if ($4 > rounds) rounds = $4
}
$1 == "memory" { memory[$2, $3] = $4 }
$1 == "pass" {
  if (!(($2, $6) in seen)) { seen[$2, $6] = 1; passes[$2] = passes[$2] "\t" $6 }
  pass[$2, $6, $3, $4, $5] = $7
}
$1 == "target" { targets[++ntargets] = $0 }

# stats(n): sorts v[1..n], sets lo, mid, hi
function stats(n,   i, j, x) {
  for (i = 2; i <= n; i++) {
    x = v[i]
    for (j = i - 1; j >= 1 && v[j] > x; j--) v[j + 1] = v[j]
    v[j + 1] = x
  }
  lo = v[1]; hi = v[n]
  mid = n % 2 ? v[(n + 1) / 2] : (v[n / 2] + v[n / 2 + 1]) / 2
}

function three(format) { return sprintf(format " / **" format "** / " format, lo, mid, hi) }

function times(job, linker,   r, n) {
  for (r = 1; r <= rounds; r++) if ((job, linker, r) in time) v[++n] = time[job, linker, r] / 1000
  stats(n)
  return n
}

function ratios(job, a, b,   r, n) {
  for (r = 1; r <= rounds; r++)
    if ((job, a, r) in time && (job, b, r) in time) v[++n] = time[job, a, r] / time[job, b, r]
  stats(n)
  return n
}

function passRatios(job, name, mode,   r, n, one, two) {
  for (r = 1; r <= rounds; r++) {
    one = pass[job, name, mode, 1, r]; two = pass[job, name, mode, 2, r]
    if (one > 0 && two > 0) v[++n] = one / two
  }
  stats(n)
  return n
}

function passTimes(job, name, mode, threads,   r, n) {
  for (r = 1; r <= rounds; r++)
    if ((job, name, mode, threads, r) in pass) v[++n] = pass[job, name, mode, threads, r]
  stats(n)
  return n
}

function linkerTable(job,   list, n, i, l, own) {
  print "\n### " job "\n\n" title[job] "\n"
  print "| | ms | peak MiB | jld cold is so many times it | jld warm | jld server | relink, object | relink, archive |"
  print "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |"
  n = split(substr(linkers[job], 2), list, "\t")
  for (i = 1; i <= n; i++) {
    l = list[i]
    times(job, l)
    own = l ~ /^jld/
    printf "| %s | %s | %s |", l, three("%.1f"), (job, l) in memory ? sprintf("%.0f", memory[job, l] / 1024) : ""
    printf " %s |", !own && ratios(job, "jld", l) ? three("%.2f") : ""
    printf " %s |", !own && ratios(job, "jld warm", l) ? three("%.2f") : ""
    printf " %s |", !own && ratios(job, "jld server", l) ? three("%.2f") : ""
    printf " %s |", !own && ratios(job, "jld relink, object", l) ? three("%.2f") : ""
    printf " %s |\n", !own && ratios(job, "jld relink, archive", l) ? three("%.2f") : ""
  }
}

function passTable(job,   list, n, i, m, modes, mode, t) {
  if (!(job in passes)) return
  print "\n| pass | cold, 1 thread | 2 threads | 1 / 2 | warm, 1 thread | 2 threads | 1 / 2 |"
  print "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"
  n = split(substr(passes[job], 2), list, "\t")
  split("cold warm", modes, " ")
  for (i = 1; i <= n; i++) {
    printf "| %s |", list[i]
    for (m = 1; m <= 2; m++) {
      mode = modes[m]
      t = passTimes(job, list[i], mode, 1) ? mid : -1
      printf " %s |", t < 0 ? "" : sprintf("%.1f", t)
      printf " %s |", passTimes(job, list[i], mode, 2) ? sprintf("%.1f", mid) : ""
      # The resolution is 0.1 ms: what takes less than 1 ms has no ratio.
      printf " %s |", (t >= 1 && passRatios(job, list[i], mode)) ? three("%.2f") : ""
    }
    print ""
  }
}

function verdict(goal, least) {
  if (goal != "-" && mid <= goal) return "goal"
  if (least != "-") return mid <= least ? "enough" : "**missed**"
  return "not the goal"
}

function targetTable(   i, f, ok, header) {
  for (i = 1; i <= ntargets; i++) {
    split(targets[i], f, "\t")
    if (f[3] == "memory") {
      ok = (f[2], "jld") in memory && (f[2], f[4]) in memory
      if (ok) lo = mid = hi = memory[f[2], "jld"] / memory[f[2], f[4]]
    } else ok = ratios(f[2], f[3] == "jld" ? "jld" : "jld " f[3], f[4])
    if (!ok) continue
    if (!header++) {
      print "\n### Targets\n"
      print "| job | | times | goal | at least | measured | |"
      print "| --- | --- | --- | ---: | ---: | ---: | --- |"
    }
    printf "| %s | %s | %s | %s | %s | %s | %s |\n", f[2], f[3] == "jld" ? "cold" : f[3], f[4], f[5], f[6],
      f[3] == "memory" ? sprintf("%.2f", mid) : three("%.2f"), verdict(f[5], f[6])
  }
}

END {
  for (j = 1; j <= njobs; j++) if (jobs[j] in linkers) { linkerTable(jobs[j]); passTable(jobs[j]) }
  targetTable()
}
