import { Component, type ReactNode } from 'react';
import { ErrorView } from './error-view.tsx';

interface AppBoundaryProps {
  children: ReactNode;
}

interface AppBoundaryState {
  error: unknown;
}

/** The last net: an error outside of every page still leaves something to read and a way on. */
export class AppBoundary extends Component<AppBoundaryProps, AppBoundaryState> {
  override state: AppBoundaryState = { error: null };

  static getDerivedStateFromError(error: unknown): AppBoundaryState {
    return { error };
  }

  override render() {
    if (this.state.error === null) return this.props.children;
    return (
      <div className="boot-error">
        <ErrorView error={this.state.error} onRetry={() => location.reload()} />
      </div>
    );
  }
}
