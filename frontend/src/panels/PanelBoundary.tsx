import { Component, type ReactNode } from 'react';
import { CodeText } from '@/ui/CodeText';
import { Note } from '@/ui/Note';
import { PlainButton } from '@/ui/PlainButton';
import { say } from './messages';

interface Props {
  /** What is being drawn. Another answer is another try. */
  data: unknown;
  children: ReactNode;
}

/** What throws while it is drawn is a card that says so, and nothing else on the page. */
export class PanelBoundary extends Component<Props, { error?: Error; of?: unknown }> {
  override state: { error?: Error; of?: unknown } = {};

  static getDerivedStateFromError(thrown: unknown) {
    return { error: thrown instanceof Error ? thrown : new Error(String(thrown)) };
  }

  override componentDidCatch() {
    this.setState({ of: this.props.data });
  }

  override componentDidUpdate() {
    if (this.state.error && this.state.of !== undefined && this.state.of !== this.props.data) this.setState({ error: undefined, of: undefined });
  }

  override render() {
    const { error } = this.state;
    if (!error) return this.props.children;
    return (
      <div role="alert">
        <Note tone="bad" title={say.threw}>
          <p>{say.threwWhy}</p>
          <p>
            <code>{error.message}</code>
          </p>
          <PlainButton onClick={() => this.setState({ error: undefined, of: undefined })}>{say.tryAgain}</PlainButton>
        </Note>
        <details>
          <summary>{say.rawData}</summary>
          <CodeText text={JSON.stringify(this.props.data, null, 2)} label={say.rawData} />
        </details>
      </div>
    );
  }
}
