import { Impossible } from '../controller.ts';
import type { GivenParameter, GivenStep } from './api.ts';
import { deedOf, eventPayload } from './event.ts';
import { installOf } from './install.ts';
import { teamBy } from './scenery.ts';
import type { Execution, World } from './world.ts';

const full = ({ name, type, title = name, description = '', is_required = false }: GivenParameter) => ({
  ...{ type, name, description, title, is_required },
});

const guessed = (inputs: Record<string, unknown>): GivenParameter[] =>
  Object.entries(inputs).map(([name, value]) => ({ name, type: typeof value, is_required: true }));

/** A workflow reaches the app's step. */
export function step(world: World, given: GivenStep): string {
  const team = teamBy(world, given.team);
  if (installOf(team).state !== 'active') throw new Impossible(`the app is not installed in team ${team.id}`);
  const { callback, inputs, inputParameters = guessed(inputs), outputParameters = [] } = given;
  const execution: Execution = {
    ...{ id: world.ids.next('Fx'), callback, inputs, token: `xwfp-${world.ids.secret()}`, status: 'running', team },
    ...{ at: world.clock.now(), outputs: null, error: null, completedCalls: 0, deed: null },
    parameters: outputParameters,
  };
  world.executions.set(execution.id, execution);
  const event = {
    type: 'function_executed',
    function: {
      ...{ id: world.ids.next('Fn'), callback_id: callback, title: callback, description: '', type: 'app' },
      ...{ input_parameters: inputParameters.map(full), output_parameters: outputParameters.map(full) },
      ...{ app_id: world.app.appId, date_created: 0, date_updated: 0, date_deleted: 0, form_enabled: false },
    },
    ...{ inputs, function_execution_id: execution.id, workflow_execution_id: world.ids.next('Wx') },
    ...{ event_ts: world.ids.ts(), bot_access_token: execution.token },
  };
  const payload = eventPayload(world, team, event, null);
  execution.deed = deedOf(world, { kind: 'step', team, user: null, payload });
  world.dispatch(execution.deed);
  return execution.id;
}
