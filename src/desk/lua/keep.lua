-- Jobs with money set aside were accepted, each at its own amount: what another choice of the same call had set aside is put right,
-- whatever the limit, for it is accepted and will be spent. One whose money had returned gets it set aside again where that is wanted.
-- KEYS  1 reserved  2 unmatched  3 booked  4 prefix of the windows' budgets
-- ARGV  1 present window  2 its end ms  3 TTL s past a window's end  4 '1': set aside again  5.. per job: id, space, money
-- RETURNS  ids for which nothing is set aside
local missing = {}
for i = 5, #ARGV, 3 do
  local id, space, money = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  local found = redis.call('HGET', KEYS[1], id)
  if not found and not redis.call('ZSCORE', KEYS[3], id) then
    if ARGV[4] == '1' then
      found = '0|' .. ARGV[1] .. '|' .. ARGV[2] .. '|' .. space
    else
      missing[#missing + 1] = id
    end
  end
  if found then
    local held, window, ends = string.match(found, '^(%d+)|([^|]+)|(%d+)|')
    if held ~= money then
      local budget = KEYS[4] .. window
      redis.call('HINCRBY', budget, 'held', string.format('%.0f', tonumber(money) - tonumber(held)))
      redis.call('PEXPIREAT', budget, string.format('%.0f', tonumber(ends) + tonumber(ARGV[3]) * 1000))
      redis.call('HSET', KEYS[1], id, money .. '|' .. window .. '|' .. ends .. '|' .. space)
    end
  end
  redis.call('ZREM', KEYS[2], id)
end
return missing
