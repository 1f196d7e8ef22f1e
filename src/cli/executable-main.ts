/**
 * The command line as one executable file. What is imported here is loaded when the file is built, and kept as it is in
 * memory: a start reads the definitions of the API instead of making them. Only what needs nothing of the machine may
 * be here; connections are loaded when a command needs one.
 */
import { startupSnapshot } from 'node:v8';
import '../clients/observed.ts';
import '../clients/read-rollout.ts';
import './print/rollout.ts';
import { runProcess } from './run-process.ts';

startupSnapshot.setDeserializeMainFunction(() => void runProcess());
