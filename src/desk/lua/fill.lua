-- Gives places that were taken under a token to jobs, or frees them.
-- KEYS  1 slots
-- ARGV  1 token  2 first of the token's places  3 last of them  4 ms that a job keeps its place at the longest  5.. the jobs
-- RETURNS  how many jobs have a place now
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
for i = tonumber(ARGV[2]), tonumber(ARGV[3]) do
  redis.call('ZREM', KEYS[1], ARGV[1] .. ':' .. i)
end
for i = 5, #ARGV do
  redis.call('ZADD', KEYS[1], string.format('%.0f', now + tonumber(ARGV[4])), ARGV[i])
end
return #ARGV - 4
