-- Counts a request of a member that was refused for what it says, once, and tells how long they wait until their next. The third within a
-- while begins a wait, and each one after that doubles it; all is forgotten when there was none for long enough.
-- KEYS  1 slow
-- ARGV  1 request, without spaces; empty: nothing is counted  2 how many begin a wait  3 ms within which  4 ms of the first wait
--       5 ms of the longest  6 ms without one after which all is forgotten  7 how many requests are remembered
-- RETURNS  ms until the next request, 0 for none
local is = redis.call('HMGET', KEYS[1], 'refused', 'wait', 'until')
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local left = math.max(0, tonumber(is[3] or 0) - now)
if ARGV[1] == '' then
  return left
end
local refused = { ARGV[1] .. '@' .. string.format('%.0f', now) }
local recent = 1
for request, at in string.gmatch(is[1] or '', '(%S+)@(%d+)') do
  if request == ARGV[1] then
    return left
  end
  if #refused < tonumber(ARGV[7]) then
    refused[#refused + 1] = request .. '@' .. at
  end
  if now - tonumber(at) <= tonumber(ARGV[3]) then
    recent = recent + 1
  end
end
local wait = tonumber(is[2] or 0)
if wait > 0 then
  wait = math.min(wait * 2, tonumber(ARGV[5]))
elseif recent >= tonumber(ARGV[2]) then
  wait = tonumber(ARGV[4])
end
redis.call('HSET', KEYS[1], 'refused', table.concat(refused, ' '), 'wait', string.format('%.0f', wait))
if wait > 0 then
  left = wait
  redis.call('HSET', KEYS[1], 'until', string.format('%.0f', now + wait))
end
redis.call('PEXPIRE', KEYS[1], ARGV[6])
return left
