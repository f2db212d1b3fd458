using Refresher.Core.Contract;

namespace Refresher.Tasks.Tests;

public sealed class TaskCatalogTests
{
    [Fact]
    public void Every_kind_of_the_assembly_is_in_the_catalog()
    {
        var kinds = typeof(TaskCatalog).Assembly.GetTypes().Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IKind)));

        Assert.Equal(kinds.Count(), TaskCatalog.Kinds.Count());
    }
}
