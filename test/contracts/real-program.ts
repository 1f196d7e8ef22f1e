/** Programs around the real libraries that ours are held against: a JSON line for each question, and one for each answer. */
import { spawn } from 'node:child_process';
import { delimiter } from 'node:path';
import { createInterface } from 'node:readline';
import { firstExecutable } from '../testbed/cluster/go-binaries.ts';

/**
 * The program behind a function, or `null` where there is no Go to build it with. Where tests run for others to rely on
 * (the variable CI is set), that is an error.
 */
export async function realProgram<Answer>(
  findOrBuild: () => Promise<string>,
): Promise<((questions: readonly unknown[]) => Promise<readonly Answer[]>) | null> {
  const { PATH = '', CI = '' } = process.env;
  try {
    const program = await findOrBuild();
    return (questions) => ask(program, questions);
  } catch (error) {
    const hasGo = (await firstExecutable(PATH.split(delimiter), 'go')) !== undefined;
    if (hasGo || CI !== '') throw error;
    return null;
  }
}

async function ask<Answer>(program: string, questions: readonly unknown[]): Promise<readonly Answer[]> {
  // The controller runs in a container, where the local zone is UTC.
  const child = spawn(program, { stdio: ['pipe', 'pipe', 'inherit'], env: { ...process.env, TZ: 'UTC' } });
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  child.stdin.end(questions.map((question) => `${JSON.stringify(question)}\n`).join(''));
  const answers: Answer[] = [];
  for await (const line of createInterface({ input: child.stdout })) answers.push(JSON.parse(line) as Answer);
  const code = await ended;
  if (code !== 0) throw new Error(`the reference ended with ${code}`);
  if (answers.length !== questions.length) {
    throw new Error(`the reference gave ${answers.length} answers to ${questions.length} questions`);
  }
  return answers;
}
