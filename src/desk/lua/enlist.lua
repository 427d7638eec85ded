-- Puts a space at the end of the round of admission; one that is in it keeps its place.
-- KEYS  1 ring
-- ARGV  1 space
-- RETURNS  1 when it is new
local time = redis.call('TIME')
return redis.call('ZADD', KEYS[1], 'NX', string.format('%.0f', tonumber(time[1]) * 1000000 + tonumber(time[2])), ARGV[1])
