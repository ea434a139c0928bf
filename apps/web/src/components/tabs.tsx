import './tabs.css';
import type { ReactNode } from 'react';
import { Tab, TabList, TabPanel, Tabs as AriaTabs } from 'react-aria-components/Tabs';

export interface TabEntry {
  readonly id: string;
  readonly label: ReactNode;
  readonly panel: ReactNode;
}

interface TabsProps {
  readonly label: string;
  readonly tabs: readonly TabEntry[];
  readonly chosen: string;
  readonly onChoose: (id: string) => void;
  /** Beside the tabs, at the far end. */
  readonly beside?: ReactNode;
}

/** Panels stay where they are while another one is shown: what was typed or scrolled is kept. */
export function Tabs({ label, tabs, chosen, onChoose, beside }: TabsProps) {
  return (
    <AriaTabs
      className="tabs"
      selectedKey={chosen}
      onSelectionChange={(key) => {
        onChoose(String(key));
      }}
    >
      <div className="tabs-bar">
        <TabList className="tabs-list" aria-label={label}>
          {tabs.map((tab) => (
            <Tab key={tab.id} id={tab.id} className="tab">
              {tab.label}
            </Tab>
          ))}
        </TabList>
        {beside}
      </div>
      {tabs.map((tab) => (
        <TabPanel key={tab.id} id={tab.id} className="tab-panel" shouldForceMount>
          {tab.panel}
        </TabPanel>
      ))}
    </AriaTabs>
  );
}
