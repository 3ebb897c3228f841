-- wrk asks for records at random, the same ones at every run.
-- Arguments: the path up to the number, how many records there are.
local prefix, count

function init(args)
  prefix, count = args[1], tonumber(args[2])
  math.randomseed(1)
end

function request()
  return wrk.format("GET", string.format("%s%07d", prefix, math.random(0, count - 1)))
end
