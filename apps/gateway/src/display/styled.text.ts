/** A stretch of text that looks the same; `style` is class names of ours, or empty. */
export interface StyledText {
  readonly text: string;
  readonly style: string;
}
