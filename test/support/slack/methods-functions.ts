import type { Call, Methods } from './method.ts';
import { badArguments, Refused } from './refusals.ts';
import type { Execution, Row } from './world.ts';

function finish(call: Call, work: (execution: Execution) => void): Row {
  const { world, args } = call;
  const execution = world.executions.get(args.need('function_execution_id'));
  if (!execution || execution.team.install !== call.install) throw new Refused('function_execution_not_found');
  execution.completedCalls++;
  if (execution.status !== 'running') throw new Refused('execution_not_in_running_state');
  work(execution);
  return {};
}

export const functions: Methods = {
  'functions.completeSuccess': {
    run(call) {
      let outputs: unknown;
      try {
        outputs = call.args.json('outputs');
      } catch {
        throw badArguments('must provide an object [json-pointer:/outputs]');
      }
      if (typeof outputs !== 'object' || outputs === null) throw badArguments('missing required field: outputs');
      return finish(call, (execution) => {
        const required = execution.parameters.filter((one) => one.is_required).map(({ name }) => name);
        const missing = required.filter((name) => !(name in outputs));
        if (missing.length > 0) throw new Refused('parameter_validation_failed');
        execution.status = 'completed';
        execution.outputs = outputs as Row;
      });
    },
  },
  'functions.completeError': {
    run(call) {
      const error = call.args.need('error');
      return finish(call, (execution) => {
        execution.status = 'errored';
        execution.error = error;
      });
    },
  },
};
