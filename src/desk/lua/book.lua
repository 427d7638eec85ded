-- Ends what is set aside for a job, in its own window. Without a reservation what was spent counts in the present one. A job is booked
-- once; one that is only given back is forgotten, for it may be asked for again.
-- KEYS  1 reserved  2 unmatched  3 booked  4 prefix of the windows' budgets
-- ARGV  1 job  2 spent  3 present window  4 its end ms  5 TTL s past a window's end  6 s that bookings are remembered
--       7 how many bookings are remembered, at the most  8 '1': only when it was not kept
-- RETURNS  1 when this ended a reservation or counted, else 0
local id, spent = ARGV[1], tonumber(ARGV[2])
local found = redis.call('HGET', KEYS[1], id)
local unkept = redis.call('ZSCORE', KEYS[2], id)
if ARGV[8] == '1' and not unkept then
  return 0
end
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local stamp = string.format('%.0f', now)
if not found then
  local known = redis.call('ZSCORE', KEYS[3], id)
  redis.call('ZREM', KEYS[2], id)
  if known or ARGV[8] ~= '1' then
    redis.call('ZADD', KEYS[3], stamp, id)
  end
  if known or spent == 0 then
    return 0
  end
end
local held, window, ends = '0', ARGV[3], ARGV[4]
if found then
  held, window, ends = string.match(found, '^(%d+)|([^|]+)|(%d+)|')
end

local budget = KEYS[4] .. window
if tonumber(held) > 0 then
  redis.call('HINCRBY', budget, 'held', '-' .. held)
end
redis.call('HINCRBY', budget, 'spent', string.format('%.0f', spent))
redis.call('PEXPIREAT', budget, string.format('%.0f', tonumber(ends) + tonumber(ARGV[5]) * 1000))
redis.call('HDEL', KEYS[1], id)
redis.call('ZREM', KEYS[2], id)
if ARGV[8] ~= '1' or spent > 0 then
  redis.call('ZADD', KEYS[3], stamp, id)
end
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', string.format('%.0f', now - tonumber(ARGV[6]) * 1000))
redis.call('ZREMRANGEBYRANK', KEYS[3], 0, -1 - tonumber(ARGV[7]))
redis.call('EXPIRE', KEYS[3], ARGV[6])
return 1
