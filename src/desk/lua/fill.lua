-- Gives the places taken under a token to the jobs that were admitted; the others are free again.
-- KEYS  1 slots
-- ARGV  1 token  2 how many places were taken  3 ms that a job keeps its place at the longest  4.. the jobs
-- RETURNS  how many jobs have a place
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
for i = 1, tonumber(ARGV[2]) do
  redis.call('ZREM', KEYS[1], ARGV[1] .. ':' .. i)
end
for i = 4, #ARGV do
  redis.call('ZADD', KEYS[1], string.format('%.0f', now + tonumber(ARGV[3])), ARGV[i])
end
return #ARGV - 3
