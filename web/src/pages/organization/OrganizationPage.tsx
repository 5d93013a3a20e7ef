import { Link } from '@tanstack/react-router';
import { useQuery } from 'urql';
import { text } from '../../text/index.js';
import { Card, ErrorNotice, Page, Spinner } from '../../ui/index.js';
import { Books } from './Books.js';
import { DetailsForm } from './DetailsForm.js';
import { OrganizationPageQuery } from './documents.js';
import styles from './organization.module.css';

export function OrganizationPage() {
  const [{ data, error, fetching }, ask] = useQuery({ query: OrganizationPageQuery });
  const organization = data?.organization;
  return (
    <Page title={text.organization.title} className={styles.page}>
      <ErrorNotice error={error} onRetry={ask} />
      {!organization && fetching && <Spinner />}
      {organization && (
        <>
          <Card title={text.organization.details}><DetailsForm organization={organization} /></Card>
          <Card title={text.organization.books}><Books closedThrough={organization.closedThrough} /></Card>
          <Card title={text.organization.registration}>
            <p>{text.organization.registrationIs[organization.registration]}</p>
            <p className={styles.links}>
              <Link to="/users">{text.organization.toUsers}</Link>
              <Link to="/audit" search={{ about: organization.id }}>{text.organization.trail}</Link>
            </p>
          </Card>
        </>
      )}
    </Page>
  );
}
