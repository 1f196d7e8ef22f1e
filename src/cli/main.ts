/** The command line as Node runs it from its modules. */
import { runProcess } from './run-process.ts';

void runProcess();
