import {
  type BaseModelConfig,
  type Message,
  Model,
  type ModelStreamEvent,
  type StreamOptions,
} from '@strands-agents/sdk';

/** What a model says in one turn: an answer, or the tools that it wants to be called. */
export type Turn = string | readonly { readonly name: string; readonly input: object }[];

/** A model that follows a script. Each turn is given what the tools have answered so far, in the order of the calls. */
export class ScriptedModel extends Model {
  readonly offered: string[][] = [];
  readonly #script: readonly ((answers: readonly unknown[]) => Turn)[];

  constructor(script: readonly ((answers: readonly unknown[]) => Turn)[]) {
    super();
    this.#script = script;
  }

  override updateConfig(): void {}

  override getConfig(): BaseModelConfig {
    return { modelId: 'script' };
  }

  override async *stream(messages: Message[], { toolSpecs = [] }: StreamOptions = {}): AsyncIterable<ModelStreamEvent> {
    const turn = this.#script[this.offered.length]?.(answersIn(messages));
    if (turn === undefined) throw new Error('The script has ended.');
    this.offered.push(toolSpecs.map(({ name }) => name));
    yield { type: 'modelMessageStartEvent', role: 'assistant' };
    if (typeof turn === 'string') {
      yield { type: 'modelContentBlockStartEvent' };
      yield { type: 'modelContentBlockDeltaEvent', delta: { type: 'textDelta', text: turn } };
      yield { type: 'modelContentBlockStopEvent' };
    } else {
      for (const [index, { name, input }] of turn.entries()) {
        const toolUseId = `turn-${this.offered.length}-call-${index}`;
        yield { type: 'modelContentBlockStartEvent', start: { type: 'toolUseStart', name, toolUseId } };
        const delta = { type: 'toolUseInputDelta', input: JSON.stringify(input) } as const;
        yield { type: 'modelContentBlockDeltaEvent', delta };
        yield { type: 'modelContentBlockStopEvent' };
      }
    }
    yield { type: 'modelMessageStopEvent', stopReason: typeof turn === 'string' ? 'endTurn' : 'toolUse' };
  }
}

function answersIn(messages: readonly Message[]): unknown[] {
  const results = messages.flatMap(({ content }) => content).filter((block) => block.type === 'toolResultBlock');
  return results.map(({ content: [first], status }) => {
    if (first?.type !== 'textBlock') throw new Error('The Gateway answers one text block.');
    return status === 'success' ? JSON.parse(first.text) : first.text;
  });
}
