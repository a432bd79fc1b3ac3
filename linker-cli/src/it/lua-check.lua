-- Checks that a Lua interpreter works: each part of its library, errors that unwind through C, a module in C.
local number = 0
local function check(name, f)
  number = number + 1
  local good, message = pcall(f)
  if good then
    print("ok " .. number .. " " .. name)
  else
    print("not ok " .. number .. " " .. name .. ": " .. tostring(message))
  end
end
local function equal(actual, expected)
  if actual ~= expected then
    error(tostring(actual) .. " instead of " .. tostring(expected), 2)
  end
end

check("version", function() equal(_VERSION, "Lua 5.4") end)
check("integers", function() equal(math.maxinteger + 1, math.mininteger) equal(7 // 2, 3) equal(-7 % 3, 2) end)
check("floats", function() equal(string.format("%.6f", math.sin(1) ^ 2 + math.cos(1) ^ 2), "1.000000") end)
check("math", function() equal(math.floor(-2.5), -3) equal(math.tointeger(3.0), 3) equal(math.type(1), "integer") end)
check("format", function() equal(string.format("%5d|%-5s|%x|%q", 42, "ab", 255, "a\n"), '   42|ab   |ff|"a\\\n"') end)
check("patterns", function() equal(("key = value"):gsub("(%w+) = (%w+)", "%2 = %1"), "value = key") end)
check("gmatch", function()
  local n = 0
  for w in ("one two three"):gmatch("%a+") do n = n + #w end
  equal(n, 11)
end)
check("pack", function() equal(string.unpack("<i4", string.pack("<i4", -5)), -5) end)
check("utf8", function() equal(utf8.len("aé€"), 3) equal(utf8.char(8364), "€") end)
check("tables", function()
  local t = {5, 3, 9, 1}
  table.sort(t)
  equal(table.concat(t, ","), "1,3,5,9")
  table.move(t, 1, 2, 3)
  equal(table.concat(t, ","), "1,3,1,3")
end)
check("large table", function()
  local t = {}
  for i = 1, 100000 do t[i] = i * i end
  equal(#t, 100000)
  equal(select("#", table.unpack(t, 1, 200)), 200)
end)
check("closures", function()
  local function counter() local c = 0 return function() c = c + 1 return c end end
  local a, b = counter(), counter()
  a() a()
  equal(a() + b(), 4)
end)
check("metatables", function()
  local v = setmetatable({}, {__add = function() return "sum" end, __index = function(_, k) return k .. "!" end, __call = function(_, x) return x end})
  equal(v + 1, "sum")
  equal(v.x, "x!")
  equal(v(3), 3)
end)
check("coroutines", function()
  local co = coroutine.wrap(function(a) local b = coroutine.yield(a + 1) error({b}) end)
  equal(co(1), 2)
  local good, e = pcall(co, 7)
  equal(good, false)
  equal(e[1], 7)
end)
check("errors", function()
  local good, e = xpcall(function() local x = nil; return x.y end, function(m) return "handled: " .. m end)
  equal(good, false)
  assert(e:find("handled: .*attempt to index a nil value"))
end)
check("stack overflow", function()
  local function f() return 1 + f() end
  local good, e = pcall(f)
  equal(good, false)
  assert(e:find("stack overflow"))
end)
check("to be closed", function()
  local closed
  do local x <close> = setmetatable({}, {__close = function() closed = true end}) end
  equal(closed, true)
end)
check("garbage", function()
  local weak = setmetatable({}, {__mode = "k"})
  weak[{}] = 1
  collectgarbage()
  equal(next(weak), nil)
end)
check("load", function() equal(load("local a, b = ... return a * b")(6, 7), 42) end)
check("dump", function() equal(load(string.dump(function(x) return x .. "?" end), "dumped", "b")("a"), "a?") end)
check("syntax error", function() local f, e = load("x = = 1") equal(f, nil) assert(e:find("unexpected symbol")) end)
check("files", function()
  local name = os.tmpname()
  local f = assert(io.open(name, "w"))
  f:write("line 1\n", 2, "\n")
  f:close()
  local n = 0
  for line in io.lines(name) do n = n + #line end
  os.remove(name)
  equal(n, 7)
end)
check("popen", function() local p = io.popen("echo sub") equal(p:read("l"), "sub") p:close() end)
check("time", function() equal(os.date("!%Y-%m-%d", 86400), "1970-01-02") assert(os.getenv("PATH")) end)
check("debug", function() equal(debug.getinfo(1, "l").currentline > 0, true) assert(debug.traceback("here"):find("here")) end)
check("module in C", function() equal(require("checkmodule").twice(21), 42) end)
check("error from C", function()
  local good, e = pcall(require("checkmodule").fail, "reason")
  equal(good, false)
  equal(e, "from C: reason")
end)
check("error through C", function()
  local good, e = pcall(require("checkmodule").apply, function() error({"deep"}) end)
  equal(good, false)
  equal(e[1], "deep")
end)
check("module that is missing", function() equal(pcall(require, "no.such.module"), false) end)
