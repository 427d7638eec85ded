-- Sets money aside in the budget of a window, all or nothing. What is set aside or booked already is not counted again; another choice of the
-- same call, which nobody has accepted yet, may want more: then the rest is set aside as well.
-- KEYS  1 reserved (job: money|window|window end ms|space)  2 unmatched (job by when, until it is kept)  3 booked  4 the window's budget
-- ARGV  1 limit  2 window  3 window start ms  4 window end ms  5 TTL s past the window's end  6 share that is warned of
--       7.. per job: id, space, money
-- RETURNS  {'window'} | {'short', left} | {'reserved', '1' when the share is reached for the first time, what is used, id, id, … of those that had none}
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local limit = tonumber(ARGV[1])
local new, more, sum = {}, {}, 0
for i = 7, #ARGV, 3 do
  local found = redis.call('HGET', KEYS[1], ARGV[i])
  local held, window = string.match(found or '', '^(%d+)|([^|]+)|')
  if held then
    if tonumber(ARGV[i + 2]) > tonumber(held) and redis.call('ZSCORE', KEYS[2], ARGV[i]) then
      -- What it holds of another window returns before long.
      if window ~= ARGV[2] then
        return { 'window' }
      end
      more[#more + 1] = i
      sum = sum + tonumber(ARGV[i + 2]) - tonumber(held)
    end
  elseif not redis.call('ZSCORE', KEYS[3], ARGV[i]) then
    new[#new + 1] = i
    sum = sum + tonumber(ARGV[i + 2])
  end
end
if #new + #more == 0 then
  return { 'reserved', '0', '0' }
end
if now < tonumber(ARGV[3]) or now >= tonumber(ARGV[4]) then
  return { 'window' }
end
local known = redis.call('HMGET', KEYS[4], 'held', 'spent')
local used = tonumber(known[1] or 0) + tonumber(known[2] or 0)
if used + sum > limit then
  return { 'short', string.format('%.0f', math.max(0, limit - used)) }
end

local stamp = string.format('%.0f', now)
redis.call('HINCRBY', KEYS[4], 'held', string.format('%.0f', sum))
redis.call('PEXPIREAT', KEYS[4], string.format('%.0f', tonumber(ARGV[4]) + tonumber(ARGV[5]) * 1000))
local answer = { 'reserved', '0', string.format('%.0f', used + sum) }
if used + sum >= limit * tonumber(ARGV[6]) and redis.call('HSETNX', KEYS[4], 'warned', stamp) == 1 then
  answer[2] = '1'
end
local function set(i)
  redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 2] .. '|' .. ARGV[2] .. '|' .. ARGV[4] .. '|' .. ARGV[i + 1])
  redis.call('ZADD', KEYS[2], stamp, ARGV[i])
end
for _, i in ipairs(more) do
  set(i)
end
for _, i in ipairs(new) do
  set(i)
  answer[#answer + 1] = ARGV[i]
end
return answer
