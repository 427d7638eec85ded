-- Takes or prolongs the lead.
-- KEYS  1 lead
-- ARGV  1 who  2 ms
-- RETURNS  1 when it is theirs, else 0
local leader = redis.call('GET', KEYS[1])
if leader and leader ~= ARGV[1] then
  return 0
end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
