-- Ends a step that was not done, with nobody to blame: its worker is stopping.
-- KEYS  1 job  2 open
-- ARGV  1 id  2 epoch  3 due ms
-- RETURNS  1, or 0 when the epoch was lost
if redis.call('HGET', KEYS[1], 'epoch') ~= ARGV[2] then
  return 0
end
redis.call('HDEL', KEYS[1], 'trying')
redis.call('ZADD', KEYS[2], 'XX', ARGV[3], ARGV[1])
return 1
