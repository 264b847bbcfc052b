import { Link } from '@tanstack/react-router';
import { Empty } from '@/ui/Empty';
import { PageHeading } from '@/ui/PageHeading';

export function NotFound() {
  return (
    <div className="cb-page">
      <PageHeading title="There is no such page" />
      <Empty title="The address leads nowhere.">
        Start again from the <Link to="/catalog">catalog</Link>.
      </Empty>
    </div>
  );
}
