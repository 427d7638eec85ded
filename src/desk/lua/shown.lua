-- Notes what the job's card shows. A settled job whose card shows its last version, with nothing left to post, is at rest:
-- it leaves the open set, and its record expires.
-- KEYS  1 job  2 open
-- ARGV  1 id  2 card ref, empty when the chat took none  3 version shown  4 generation that is posted, 0 when none has to be, -1 when more has to be done  5 record TTL s
-- RETURNS  1 at rest, 0 not
if redis.call('EXISTS', KEYS[1]) == 0 then
  return 1
end
local is = redis.call('HMGET', KEYS[1], 'version', 'card_version', 'settled', 'generation')
if tonumber(ARGV[3]) >= tonumber(is[2] or 0) then
  redis.call('HSET', KEYS[1], 'card_version', ARGV[3])
  if ARGV[2] ~= '' then
    redis.call('HSET', KEYS[1], 'card_ref', ARGV[2])
  end
end
if is[3] and tonumber(ARGV[3]) >= tonumber(is[1]) and (ARGV[4] == '0' or ARGV[4] == is[4]) then
  redis.call('HDEL', KEYS[1], 'trying')
  redis.call('HSET', KEYS[1], 'deaths', '0')
  redis.call('ZREM', KEYS[2], ARGV[1])
  redis.call('EXPIRE', KEYS[1], ARGV[5])
  return 1
end
return 0
