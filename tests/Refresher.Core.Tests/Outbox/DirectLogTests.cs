namespace Refresher.Core.Tests.Outbox;

public sealed class DirectLogTests : EventLogConformance
{
    protected override (string Key, string Value)[] Settings => [];
}
