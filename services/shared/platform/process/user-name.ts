import { userInfo } from 'node:os';

/** Gives the name of the user that this process runs as; its number where the system has no name for it, as where a container runs under a number of its own. */
export function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'unknown'); // the list of users does not have it
  }
}
