/** A member's client would not let them do it, or the test asks for what there is not. Control verbs reject with its message. */
export class Impossible extends Error {
  override readonly name = 'Impossible';
}

export type Told = { result: unknown } | { error: string };

/**
 * Does what `POST /control/<verb>` asks for. `error` is for the test to read; what is no fault of its own is thrown. `refusal` says what the
 * chat itself would refuse.
 */
export function controllerOf(control: object, refusal: (error: unknown) => string | undefined) {
  return (verb: string, given: unknown): Told => {
    const run = Object.hasOwn(control, verb)
      ? (control[verb as keyof typeof control] as (given: unknown) => unknown)
      : undefined;
    if (!run) return { error: `there is no verb ${verb}` };
    try {
      return { result: run(given) ?? null };
    } catch (error) {
      const said = error instanceof Impossible ? error.message : refusal(error);
      if (said === undefined) throw error;
      return { error: said };
    }
  };
}
