-- The gateway is given work again. How often it had relapsed is remembered for a while.
-- KEYS  1 standing
-- ARGV  1 ms that relapses are remembered
-- RETURNS  1 when it was paused, else 0
if redis.call('HDEL', KEYS[1], 'reason', 'since') == 0 then
  return 0
end
redis.call('PEXPIRE', KEYS[1], ARGV[1])
return 1
