-- Money that was set aside a while ago for jobs of which nobody said that they were accepted, the oldest first.
-- KEYS  1 reserved  2 unmatched
-- ARGV  1 ms since when  2 how many, at the most
-- RETURNS  {id, reservation, id, reservation, …}; a reservation is money|window|window end ms|space
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local answer = {}
for _, id in ipairs(redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', string.format('%.0f', now - tonumber(ARGV[1])), 'LIMIT', 0, ARGV[2])) do
  answer[#answer + 1] = id
  answer[#answer + 1] = redis.call('HGET', KEYS[1], id) or ''
end
return answer
