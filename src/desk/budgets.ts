import type { JobRef } from '../domain/job.ts';
import type { Costs } from '../ports.ts';
import { type BudgetLimit, createBudget, type KeptBudget } from './budget.ts';

type Tools = Parameters<typeof createBudget>[0];

/** The operator's budgets as one: what a later one refuses is given back by those before it. */
export function createBudgets({
  limits,
  ...tools
}: Omit<Tools, 'limit'> & { limits: readonly BudgetLimit[] }): KeptBudget {
  const made = limits.map((limit) => createBudget({ ...tools, limit }));
  const all = made.length > 0 ? made : [createBudget({ ...tools, limit: undefined })];
  const ofMoney = made[limits.findIndex(({ of }) => of === 'money')];
  const each = async (work: (one: KeptBudget) => Promise<unknown>): Promise<void> => {
    for (const one of all) await work(one);
  };

  async function reserve(jobs: readonly Costs[]): Promise<JobRef[]> {
    const newly = new Map<string, JobRef>();
    const done: KeptBudget[] = [];
    try {
      for (const one of all) {
        for (const ref of await one.reserve(jobs)) newly.set(ref.id, ref);
        done.push(one);
      }
      return [...newly.values()];
    } catch (error) {
      for (const one of done) await one.giveBack([...newly.values()]);
      throw error;
    }
  }

  return {
    reserve,
    keep: (jobs) => each((one) => one.keep(jobs)),
    giveBack: (refs) => each((one) => one.giveBack(refs)),
    book: (id, spent) => each((one) => one.book(id, spent)),
    // What is left is asked of money alone.
    left: async () => ofMoney?.left(),
    state: async () => ofMoney?.state(),
    returnUnmatched: async () => {
      let returned = 0;
      for (const one of all) returned += await one.returnUnmatched();
      return returned;
    },
  };
}
