import './button.css';
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from 'react-aria-components/Button';

export interface ButtonProps extends Omit<AriaButtonProps, 'className' | 'style'> {
  /** `plain` has no ground until it is pointed at; `primary` is the one thing to do here. */
  readonly kind?: 'normal' | 'primary' | 'plain' | 'danger';
  /** A single sign instead of words: give it an `aria-label`. */
  readonly isIcon?: boolean;
}

export function Button({ kind = 'normal', isIcon = false, ...props }: ButtonProps) {
  return <AriaButton {...props} className={`button button-${kind}${isIcon ? ' button-icon' : ''}`} />;
}
