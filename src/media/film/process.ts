/** The process that films are read in: a few bytes can promise billions of frames, and the reader lists them all. */
import { serve } from '../child.ts';
import { inspect } from './inspect.ts';

serve(({ path }: { path: string }) => inspect(path));
