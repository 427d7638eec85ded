import type { Redis } from 'ioredis';

/** Where the connection breaks: before or after its `at`th command, 0 for the first. */
export interface Break {
  at: number;
  when: 'before' | 'after';
}

/** A client whose connection breaks once, as if the process died there: before a command went out, or after it was carried out and before its answer came. */
export function breaking(redis: Redis, { at, when }: Break): Redis {
  let count = 0;
  const lost = () => new Error('Connection is closed.');
  return new Proxy(redis, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]): unknown => {
        const send = (): unknown => Reflect.apply(value, target, args);
        if (count++ !== at) return send();
        return when === 'before' ? Promise.reject(lost()) : Promise.resolve(send()).then(() => Promise.reject(lost()));
      };
    },
  });
}
