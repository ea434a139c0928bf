import type { Catalogue } from '@runbin/languages/catalogue';
import { CARD_LINES } from '../cards/card.picture';
import { type CardText, cardText } from '../cards/card.text';
import { Highlighter, timeOfPage } from '../display/highlighter';
import { embedPage } from '../embed/embed.page';
import type { EmbedOptions } from '../embed/embed.query';
import { cardTags } from '../share/card.tags';
import { type PageParts, sharePage } from '../share/share.page';
import type { ShownLink } from '../urls/link.desk';

/** Characters of HTML for all files of a page, and for all that came out; the raw addresses and the API have the rest. */
const CODE_CHARACTERS = 768 * 1024;
const RESULTS_CHARACTERS = 768 * 1024;

/** What the pages of one gateway have in common. */
export interface PageSite {
  /** The address that people see, without a path. */
  readonly base: string;
  readonly earlyScript: string | undefined;
  readonly script: string | undefined;
}

/** What is made of a link for a reader; plain data, since it goes from thread to thread. */
export type RenderTask =
  | { readonly kind: 'share'; readonly shown: ShownLink; readonly site: PageSite }
  | {
      readonly kind: 'embed';
      readonly shown: ShownLink;
      readonly site: PageSite;
      readonly options: EmbedOptions;
    }
  | { readonly kind: 'card text'; readonly shown: ShownLink };

export type Rendered<Task extends RenderTask> = Task extends { kind: 'card text' } ? CardText : string;

/** Does what takes long of answering a reader. */
export class Renderer {
  private readonly highlighter = new Highlighter();

  constructor(private readonly catalogue: Catalogue) {}

  render(task: RenderTask): string | CardText {
    switch (task.kind) {
      case 'share':
        return sharePage(task.shown, this.parts(task.shown, task.site));
      case 'embed':
        return embedPage(task.shown, task.options, this.parts(task.shown, task.site));
      case 'card text':
        return cardText(task.shown, this.catalogue, this.highlighter, CARD_LINES);
    }
  }

  /** Each time new, since a page uses up its time and room. */
  private parts(shown: ShownLink, { base, earlyScript, script }: PageSite): PageParts {
    return {
      catalogue: this.catalogue,
      highlighter: this.highlighter,
      time: timeOfPage(),
      room: { characters: CODE_CHARACTERS },
      resultsRoom: { characters: RESULTS_CHARACTERS },
      earlyScript,
      script,
      card: cardTags(shown, { of: (path) => `${base}${path}` }),
    };
  }
}
