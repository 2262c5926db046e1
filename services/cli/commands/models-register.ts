import { type Command, InvalidArgumentError } from 'commander';
import { batchRowsMaxMax } from '../../shared/compute/tensor/tensor.ts';
import type { CommandContext } from '../command-context.ts';
import { formatHash } from '../format.ts';
import {
  type CommandResult,
  type MeshOptions,
  type MeshSession,
  newMeshCommand,
  withMesh,
} from '../mesh-command.ts';
import { type ModelWish, registerModel } from '../register/register-model.ts';
import { parseMetric, parseShape, tensorText } from '../register/signature-of.ts';
import { parseModel } from '../version-ref.ts';

interface RegisterOptions extends MeshOptions {
  readonly artifact: string;
  readonly from: string;
  readonly batchRowsMax: number;
  readonly metric: readonly string[];
  readonly shape: readonly string[];
  readonly dataHash: string;
}

/** Gives the command `models register`: takes in a model that nobody here trained. */
export function registerCommand(context: CommandContext): Command {
  return newMeshCommand('register', {
    summary: 'register a model file that was trained elsewhere, so that it can be loaded and asked',
    examples: [
      'models register silero-vad --artifact silero_vad_v5.onnx --from npm:@ricky0123/vad-web@0.0.31',
      'models register pictures --artifact mobilenet_v2/ --batch-rows-max 8 --metric accuracy=0.93',
      'models register scores --artifact saved_model/ --batch-rows-max 64',
    ],
  })
    .argument('<model>', 'its name: lower-case letters, digits and dashes')
    .requiredOption(
      '--artifact <path>',
      'an .onnx file, a folder with a tfjs model.json, or the folder of a SavedModel',
    )
    .option('--from <source>', 'where it was found, for the record (default: its path)', '')
    .option(
      '--batch-rows-max <rows>',
      'rows of one call, where the first dimension of every tensor is the batch and requests may be joined; 0: never',
      parseRows,
      0,
    )
    .option('--metric <name=value>', 'what is known of how good it is; again for more', collect, [])
    .option(
      '--shape <name=dimensions>',
      'shape of a tensor where the file tells another, such as label=-1; again for more',
      collect,
      [],
    )
    .option(
      '--data-hash <sha256>',
      'digest of what it was trained on, where you know; without it, production needs --force',
      parseDataHash,
      '',
    )
    .addHelpText('after', registerHelp)
    .action((model: string, options: RegisterOptions) => {
      const wish: ModelWish = {
        model: parseModel(model),
        path: options.artifact,
        source: options.from,
        metrics: Object.fromEntries(options.metric.map(parseMetric)),
        shapes: options.shape.map(parseShape),
        declaredDataHash: options.dataHash,
        batchRowsMax: options.batchRowsMax,
      };
      return withMesh(options, context, (session) => register(session, wish));
    });
}

const registerHelp = `
The datatypes and shapes of inputs and outputs are read out of the file, by a process of its own; -1 is a dimension of any size. Registering the same
file in the same way again gives the same version. Of a SavedModel the signature serving_default of the tag serve is served; it runs where the native TensorFlow is.
`;

async function register({ mesh, context }: MeshSession, wish: ModelWish): Promise<CommandResult> {
  const registered = await registerModel(mesh, wish, context.signal);
  const { model, version, isKnown, signature, artifactDigest } = registered;
  const lines = [
    `${model} version ${version} ${isKnown ? 'was registered before' : 'is registered'}, sha256 ${formatHash(artifactDigest)}`,
    `takes ${signature.inputs.map(tensorText).join(', ')}`,
    `gives ${signature.outputs.map(tensorText).join(', ')}`,
  ];
  return { json: registered, text: `${lines.join('\n')}\n` };
}

function parseDataHash(text: string): string {
  if (/^[0-9a-f]{64}$/i.test(text)) return text.toLowerCase();
  throw new InvalidArgumentError('wanted a SHA-256: 64 hexadecimal digits.');
}

function collect(text: string, all: readonly string[]): readonly string[] {
  return [...all, text];
}

function parseRows(text: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= batchRowsMaxMax) return Number(text);
  throw new InvalidArgumentError(`wanted a whole number of rows, 0 to ${batchRowsMaxMax}.`);
}
