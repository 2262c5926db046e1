import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Clock } from '../../shared/kernel/clock.ts';
import { type Role, roles } from '../../shared/kernel/role.ts';
import { type ProcessName, processNames } from '../../shared/platform/process/service-name.ts';
import { userName } from '../../shared/platform/process/user-name.ts';
import type { HeldCertificate } from '../certs/certificate-folder.ts';
import { tlsFolder } from '../certs/tls-folder.ts';
import type { CommandContext } from '../command-context.ts';
import { formatTime } from '../format.ts';
import { type CommandHelp, newCommand, newCommandGroup } from '../new-command.ts';
import { writeJson } from '../output.ts';
import { renderTable } from '../table.ts';

interface CertsOptions {
  readonly dir: string;
  readonly json?: true;
}

interface IssueOptions extends CertsOptions {
  readonly days: number;
}

interface InitOptions extends IssueOptions {
  readonly host: readonly string[];
  readonly mesh: string;
  readonly person: string;
}

interface RoleOptions extends IssueOptions {
  readonly role: readonly Role[];
}

interface TokenOptions extends CertsOptions {
  readonly role: readonly Role[];
  readonly expires?: string;
}

const loopbackHosts = ['localhost', '127.0.0.1', '::1'];

/** What people and tokens may be; `service` is for processes of the mesh. */
const personRoles = roles.filter((role) => role !== 'service');

/** Gives the command `certs`: a development authority, and the certificates and tokens that it takes to call a mesh. */
export function certsCommand(context: CommandContext): Command {
  return newCommandGroup('certs', 'make certificates and tokens for a mesh with TLS')
    .addCommand(initCommand(context))
    .addCommand(personCommand(context))
    .addCommand(tokenCommand(context))
    .addCommand(renewCommand(context))
    .addCommand(listCommand(context));
}

function certsSubcommand(nameAndArguments: string, help: CommandHelp): Command {
  return newCommand(nameAndArguments, help).option(
    '--dir <folder>',
    'folder of the authority, certificates and access list',
    'tls',
  );
}

function withDays(command: Command): Command {
  return command.option(
    '--days <days>',
    'for how long certificates count, 1 to 3650',
    parseDays,
    365,
  );
}

function withRoles(command: Command): Command {
  return command.addOption(
    new Option('--role <role>', `${personRoles.join(', ')}; may be given again`)
      .argParser(addRole)
      .makeOptionMandatory(),
  );
}

function initCommand(context: CommandContext): Command {
  const command = certsSubcommand('init', {
    summary: 'make an authority, a certificate for each service, and one for you as admin',
    examples: ['certs init', 'certs init --dir tls --host mesh.example --host 10.0.0.7'],
  });
  return withDays(command)
    .option('--mesh <name>', 'name of the authority', 'mlmesh')
    .option(
      '--host <host>',
      'a name or an address under which services are reached, beside those of loopback; may be given again',
      (host: string, before: readonly string[]) => [...before, host],
      [],
    )
    .option('--person <name>', 'whose certificate gets the role admin', userName())
    .action(async ({ dir, days, host, mesh, person, json }: InitOptions) => {
      const { clock } = context;
      const folder = await certificateFolder();
      await folder.initFolder(dir, mesh, clock);
      const hosts = [...loopbackHosts, ...host];
      for (const name of processNames) {
        const subject = { name, roles: [roleOfProcess(name)], hosts: [...hosts, name] };
        await folder.issueInto(dir, 'services', subject, { days, clock });
      }
      const admin = { name: person, roles: ['admin'] as const, hosts: [] };
      await folder.issueInto(dir, 'people', admin, { days, clock });
      await show(dir, json, context);
      if (json) return;
      const { authorityKey } = tlsFolder(dir);
      context.output.out(
        `\n${authorityKey} makes certificates: keep it away from machines that serve. Then:\n  mlmesh up <mesh> --tls ${dir}\n`,
      );
    });
}

/** The console asks for people whom it does not know, so it may what every caller may: the access list can give it more. */
function roleOfProcess(name: ProcessName): Role {
  return name === 'console' ? 'caller' : 'service';
}

function personCommand(context: CommandContext): Command {
  const command = certsSubcommand('person <name>', {
    summary: 'make a certificate for somebody who calls the mesh',
    examples: [
      'certs person ada --role author --role operator',
      'certs person checkout --role caller    a program that asks for predictions',
    ],
  });
  return withRoles(withDays(command)).action(
    async (name: string, { dir, days, role, json }: RoleOptions) => {
      const { clock } = context;
      const { issueInto } = await certificateFolder();
      await issueInto(dir, 'people', { name, roles: role, hosts: [] }, { days, clock });
      await show(dir, json, context);
    },
  );
}

function tokenCommand(context: CommandContext): Command {
  const command = certsSubcommand('token <name>', {
    summary: 'make a bearer token, for callers that have no certificate; it is shown this once',
    examples: ['certs token ci --role author --expires 2027-01-31'],
  });
  return withRoles(command)
    .option('--expires <date>', 'day after which it counts no more (default: never)')
    .action(async (name: string, { dir, role, expires, json }: TokenOptions) => {
      const { addToken } = await certificateFolder();
      const token = addToken(dir, {
        name,
        roles: role,
        ...(expires === undefined ? {} : { expires }),
      });
      if (json) writeJson(context.output, { name, roles: role, token });
      else context.output.out(`${token}\n`);
    });
}

function renewCommand(context: CommandContext): Command {
  const command = certsSubcommand('renew', {
    summary:
      'make all certificates anew, each as it was; a mesh that runs takes them up within a second',
    examples: ['certs renew', 'certs renew --days 30'],
  });
  return withDays(command).action(async ({ dir, days, json }: IssueOptions) => {
    const { heldIn, issueInto } = await certificateFolder();
    const { clock } = context;
    for (const held of heldIn(dir)) await issueInto(dir, held.kind, held, { days, clock });
    await show(dir, json, context);
  });
}

function listCommand(context: CommandContext): Command {
  return certsSubcommand('list', {
    summary: 'list the certificates of a folder, with their roles and ends',
    examples: ['certs list', 'certs list --dir tls --json'],
  }).action(({ dir, json }: CertsOptions) => show(dir, json, context));
}

async function show(dir: string, json: true | undefined, context: CommandContext): Promise<void> {
  const { heldIn } = await certificateFolder();
  const held = heldIn(dir);
  if (json) {
    writeJson(context.output, { folder: dir, certificates: held });
    return;
  }
  const heads = ['certificate', 'for', 'roles', 'hosts', 'until (UTC)'];
  context.output.out(
    renderTable(
      heads,
      held.map((one) => rowOf(one, context.clock)),
    ),
  );
}

function rowOf({ kind, name, roles: held, hosts, untilMs }: HeldCertificate, clock: Clock) {
  const until = `${formatTime(untilMs)}${untilMs < clock.epoch() ? ', expired' : ''}`;
  const noun = kind === 'people' ? 'person' : 'service';
  return [name, noun, held.join(' '), hosts.length === 0 ? '-' : hosts.join(' '), until];
}

/** The library that makes certificates is for this command alone: the others start faster without it. */
function certificateFolder() {
  return import('../certs/certificate-folder.ts');
}

function parseDays(text: string): number {
  const days = Number(text);
  if (Number.isInteger(days) && days >= 1 && days <= 3_650) return days;
  throw new InvalidArgumentError('wanted a whole number of 1 to 3650.');
}

function addRole(text: string, before: readonly Role[] | undefined): readonly Role[] {
  const role = personRoles.find((known) => known === text);
  if (role === undefined)
    throw new InvalidArgumentError(`wanted one of ${personRoles.join(', ')}.`);
  return [...(before ?? []), role];
}
