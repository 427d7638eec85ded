-- The spaces whose turn it is, and how many jobs the submit window takes now. Each space served goes to the end of the round. The
-- free places are taken at once under a token, so that two who admit never give away the same one; `fill` hands them on.
-- KEYS  1 ring  2 slots
-- ARGV  1 window  2 token  3 ms that the token's places are kept
-- RETURNS  {free, space, space, …}, the one that waited longest first; at most `free` spaces
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', string.format('%.0f', now))
-- A round gives away so many at the most: a wide window must not hold Redis up. The next round follows at once.
local free = math.min(tonumber(ARGV[1]) - redis.call('ZCARD', KEYS[2]), 256)
if free <= 0 then
  return { '0' }
end
local turn = redis.call('ZRANGE', KEYS[1], 0, free - 1)
if #turn == 0 then
  return { '0' }
end
local answer = { tostring(free) }
for i, space in ipairs(turn) do
  redis.call('ZADD', KEYS[1], string.format('%.0f', tonumber(time[1]) * 1000000 + tonumber(time[2]) + i), space)
  answer[i + 1] = space
end
for i = 1, free do
  redis.call('ZADD', KEYS[2], string.format('%.0f', now + tonumber(ARGV[3])), ARGV[2] .. ':' .. i)
end
return answer
