-- What scripts of the ledger share: its lines, holds, windows and the answers of calls. It needs draws.lua before it.
local linesKept = 50

-- A line of the ledger: its fields in turn, those that are empty left out. Returns its id.
local function note(...)
  local given, fields = { ... }, {}
  for i = 1, #given, 2 do
    if given[i + 1] ~= '' then
      fields[#fields + 1] = given[i]
      fields[#fields + 1] = given[i + 1]
    end
  end
  return redis.call('XADD', P .. 'ledger', '*', unpack(fields))
end

-- What a member reads of a line; `why` stands last, for it may hold anything. Older ones are taken off ten at a time.
local function tell(member, line, kind, credits, job, window, with, why, ttl)
  local key = P .. 'lines:' .. member
  if redis.call('LPUSH', key, table.concat({ line, kind, whole(credits), job, window, with, why }, '|')) >= linesKept + 10 then
    redis.call('LTRIM', key, 0, linesKept - 1)
  end
  redis.call('EXPIRE', key, ttl)
end

-- Adds to what is left and held of a lot or a share. One that runs out is looked at by the sweep when it does.
local function change(key, member, id, left, held, expires)
  local l, h, e = readLot(redis.call('HGET', key, id))
  if l == 0 and h == 0 then
    e = expires
  end
  writeLot(key, id, l + left, h + held, e)
  if left > 0 and e ~= 0 and member ~= '' then
    redis.call('ZADD', P .. 'expiring', whole(e), member .. '/' .. id)
  end
end

-- Gives a part of a pot's share back to where it came from: a lot, a window's allowance, or, where somebody in charge had funded it, nobody.
local function returned(pot, id, n)
  local member, source = string.match(id, '^(.*)/([^/]+)$')
  local _, _, expires = readLot(redis.call('HGET', P .. 'shares:' .. pot, id))
  change(P .. 'shares:' .. pot, '', id, -n, 0, expires)
  if member == '' then
    return member
  end
  if string.find(source, ':', 1, true) then
    local key = P .. 'quota:' .. member .. ':' .. source
    if redis.call('EXISTS', key) == 1 then
      redis.call('HINCRBY', key, 'pledged', -n)
    end
  else
    change(P .. 'lots:' .. member, member, source, n, 0, expires)
  end
  return member
end

-- Returns parts of a pot to their contributors, with a line, and tells each member.
local function giveBack(pot, draws, ttl)
  if #draws == 0 then
    return
  end
  local sum, members = 0, {}
  for _, draw in ipairs(draws) do
    sum = sum + draw.n
    local member = returned(pot, draw.id, draw.n)
    if member ~= '' then
      members[#members + 1] = { member = member, n = draw.n }
    end
  end
  local line = note('kind', 'return', 'pot', pot, 'credits', whole(sum), 'draws', packed(draws))
  for _, one in ipairs(members) do
    tell(one.member, line, 'return', one.n, '', '', pot, '', ttl)
  end
end

-- Ends a job's hold: `capture` or `release`. What the film cost, in millionths of the currency, counts in the window of its hold.
local function unhold(id, kind, cost, money, ttl)
  local is = redis.call('HMGET', P .. 'job:' .. id, 'price', 'member', 'window', 'draws', 'pot', 'asker', 'money')
  local price, member, window, pot = tonumber(is[1]), is[2], is[3], is[5] or ''
  local paid = kind == 'capture'
  local draws = unpacked(is[4])
  local quota = P .. 'quota:' .. member .. ':' .. window
  for _, draw in ipairs(draws) do
    if pot ~= '' then
      change(P .. 'shares:' .. pot, '', draw.id, paid and 0 or draw.n, -draw.n, 0)
      redis.call('HINCRBY', quota, 'pot_held', -draw.n)
      if paid then
        redis.call('HINCRBY', quota, 'pot_spent', draw.n)
      end
    elseif draw.id == 'w' then
      redis.call('HINCRBY', quota, 'held', -draw.n)
      if paid then
        redis.call('HINCRBY', quota, 'spent', draw.n)
      end
    else
      change(P .. 'lots:' .. member, member, draw.id, paid and 0 or draw.n, -draw.n, 0)
      redis.call('HINCRBY', quota, 'lot_held', -draw.n)
      if paid then
        redis.call('HINCRBY', quota, 'lot_spent', draw.n)
      end
    end
  end
  local used = P .. 'used:' .. window
  redis.call('HINCRBY', used, 'held', -price)
  if paid then
    redis.call('HINCRBY', used, 'spent', price)
  end
  if tonumber(is[7]) > 0 then
    redis.call('HINCRBY', used, 'money_held', '-' .. is[7])
  end
  if cost ~= '0' then
    redis.call('HINCRBY', used, 'money_spent', cost)
  end
  redis.call('SREM', P .. 'under:' .. is[6], id)
  local line = note('kind', kind, 'member', member, 'window', window, 'credits', is[1], 'job', id, 'draws', is[4], 'pot', pot,
    'cost', cost == '0' and '' or cost, 'money', money)
  tell(member, line, kind, price, id, window, pot, '', ttl)
  if pot ~= '' and not paid and redis.call('HEXISTS', P .. 'pot:' .. pot, 'closed') == 1 then
    giveBack(pot, draws, ttl)
  end
end

-- Whether a window may be used: the space's present one until that has ended, then the one that follows. Nothing where it may, else what
-- is told of the one that stands; and whether it has to be stored first.
local function refused(window, starts, ends)
  local is = redis.call('HMGET', P .. 'window', 'id', 'starts', 'ends')
  local last = tonumber(is[3] or 0)
  local same = is[1] == window
  local wrong = now >= ends or (not same and (now < starts or now < last or ends <= last)) or (same and now >= last)
  if wrong then
    return { 'window', is[1] or '', is[2] or '', is[3] or '' }, false
  end
  return nil, not same
end

local function roll(window, starts, ends)
  redis.call('HSET', P .. 'window', 'id', window, 'starts', whole(starts), 'ends', whole(ends))
  note('kind', 'window', 'window', window, 'starts', whole(starts), 'ends', whole(ends))
end

-- Adds to the month's report of KEYS[2] the fields and amounts that stand in ARGV from a place on, behind its TTL.
local function reported(from)
  for i = from + 1, #ARGV, 2 do
    redis.call('HINCRBY', KEYS[2], ARGV[i], ARGV[i + 1])
  end
  redis.call('EXPIRE', KEYS[2], ARGV[from])
end

-- What a call that came before was answered with: its digest and the answer.
local function answered(call)
  local known = redis.call('HMGET', P .. call, 'digest', 'answer')
  return known[1] and { 'repeated', known[1], known[2] or '' }
end

local function answer(call, digest, text, ttl)
  redis.call('HSET', P .. call, 'digest', digest, 'answer', text)
  redis.call('EXPIRE', P .. call, ttl)
end
