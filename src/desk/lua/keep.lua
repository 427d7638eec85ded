-- Jobs with money set aside were accepted. One whose money was returned before that became known gets it set aside again when its
-- amount is given, whatever the limit: it is accepted, so it will be spent.
-- KEYS  1 reserved  2 unmatched  3 booked  4 the present window's budget
-- ARGV  1 window  2 window end ms  3 TTL s past the window's end  4.. per job: id, space, money or nothing
-- RETURNS  ids for which nothing is set aside
local missing = {}
for i = 4, #ARGV, 3 do
  local id, money = ARGV[i], ARGV[i + 2]
  local known = redis.call('HEXISTS', KEYS[1], id) == 1 or redis.call('ZSCORE', KEYS[3], id)
  if not known and money ~= '' then
    redis.call('HSET', KEYS[1], id, money .. '|' .. ARGV[1] .. '|' .. ARGV[2] .. '|' .. ARGV[i + 1])
    redis.call('HINCRBY', KEYS[4], 'held', money)
    redis.call('PEXPIREAT', KEYS[4], string.format('%.0f', tonumber(ARGV[2]) + tonumber(ARGV[3]) * 1000))
  elseif not known then
    missing[#missing + 1] = id
  end
  redis.call('ZREM', KEYS[2], id)
end
return missing
