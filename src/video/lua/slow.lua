-- The gateway asked to slow down: nobody calls it for a while. The longer wait counts, of what stands and what is asked. Where nothing
-- is asked, the wait doubles with each refusal of a call that was sent after the last wait was over.
-- KEYS  1 brake (until, hits)
-- ARGV  1 ms that the gateway asks for, 0: it does not say  2 ms ago that the refused call was sent  3 first wait ms
--       4 longest wait ms of our own  5 longest wait ms that may be asked for  6 ms of quiet after which it is forgotten
-- RETURNS  ms that the brake holds from now on
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local asked = tonumber(ARGV[1])
local known = redis.call('HMGET', KEYS[1], 'until', 'hits')
local ends, hits = tonumber(known[1] or 0), tonumber(known[2] or 0)
local again = now - tonumber(ARGV[2]) >= ends
if again then
  hits = hits + 1
end
local wait = 0
if asked > 0 then
  wait = math.min(asked, tonumber(ARGV[5]))
elseif again then
  wait = math.min(tonumber(ARGV[3]) * 2 ^ math.min(hits - 1, 20), tonumber(ARGV[4]))
end
ends = math.max(ends, now + math.ceil(wait))

redis.call('HSET', KEYS[1], 'until', string.format('%.0f', ends), 'hits', string.format('%.0f', hits))
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', math.max(ends - now, 0) + tonumber(ARGV[6])))
return math.max(ends - now, 0)
