const epoch = 1_420_070_400_000n;

/** The shard that a guild's events go to; those of DMs go to shard 0. */
export const shardOf = (guildId: string | null, shards: number): number =>
  guildId === null ? 0 : Number((BigInt(guildId) >> 22n) % BigInt(shards));

export interface Ids {
  /** The next snowflake; on a shard `[number, of]` where one is asked for. */
  next(shard?: [number, number]): string;
}

/** Snowflakes of Discord's epoch, 19 digits, each larger than the one before. */
export function createIds(now: () => number): Ids {
  let last = 0n;
  return {
    next(shard) {
      const fresh = (BigInt(now()) - epoch) << 22n;
      last = fresh > last ? fresh : last + 1n;
      if (shard) while (shardOf(String(last), shard[1]) !== shard[0]) last = ((last >> 22n) + 1n) << 22n;
      return String(last);
    },
  };
}
