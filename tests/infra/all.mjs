// All checks, on the working copy and on copies with one fault each: a check that does not see its faults is none.
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Project } from './project.mjs';

const folder = join(import.meta.dirname, 'checks');

/** @returns {Promise<{ name: string, title: string, check: Function, mutations: [string, Function][] }[]>} */
export const checks = () => Promise.all(readdirSync(folder).sort().map(async (file) => ({ name: file.replace('.mjs', ''), ...(await import(join(folder, file))) })));

/**
 * One check: what it says about the working copy, and which faults it did not see. A check that plays stories tells so: each of its faults takes
 * seconds, so that it is shown the first of them only, unless it is shown all.
 */
export async function judge({ name, title, check, mutations, playsStories = false }, { all = true } = {}) {
  const project = Project.load();
  const shown = all || !playsStories ? mutations : mutations.slice(0, 1);
  const [problems, ...blind] = await Promise.all([check(project), ...shown.map(([fault, change]) => isBlindTo(check, fault, () => change(project)))]);
  return { name, title, problems, blind: blind.filter((fault) => fault !== null), mutations: shown.length };
}

async function isBlindTo(check, fault, change) {
  let changed;
  try {
    changed = change();
  } catch (error) {
    return `${fault}: ${error.message}`;
  }
  return (await check(changed)).length > 0 ? null : fault;
}
