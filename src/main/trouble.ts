import { type Config, ConfigError } from '../config.ts';
import { SandboxTaken } from '../sandbox/claim.ts';

const unwritable = ['EACCES', 'EPERM', 'EROFS', 'ENOTDIR', 'ENOSPC', 'EEXIST'];

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** Why the program cannot start, for an operator: a plain line with what to do where the reason is known, else the whole error. */
export function startTrouble(error: unknown, config: Config | undefined): string {
  if (error instanceof ConfigError) return error.message;
  const code = codeOf(error);
  if (config && code === 'EADDRINUSE') {
    return `PORT: ${config.port} on ${config.host} is taken. Stop the program that has it, or set another PORT.`;
  }
  if (config && code !== undefined && unwritable.includes(code)) {
    return `DATA_DIR: ${config.dataDir} cannot be written (${(error as Error).message}). Set a folder that this user may write.`;
  }
  if (error instanceof SandboxTaken) {
    return `DATA_DIR: ${error.message}. Stop that program, give this one a DATA_DIR of its own, or set VIDEO_API_URL for both.`;
  }
  if (error instanceof Error && error.message.startsWith('REDIS_URL')) {
    const reason = error.cause instanceof Error ? `: ${error.cause.message}` : '';
    return `${error.message}${reason}. Start it, or set another REDIS_URL.`;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
