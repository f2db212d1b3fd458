using Refresher.Core.Contract;

namespace Refresher.Core.Tests.Contract;

public sealed class KindCatalogTests
{
    [Fact]
    public void Two_kinds_of_one_name_are_refused()
    {
        var catalog = new KindCatalog().Add<Sample>();

        var refused = Assert.Throws<InvalidOperationException>(() => catalog.Add<Sample>());

        Assert.Contains("sample", refused.Message, StringComparison.Ordinal);
    }

    private sealed class Sample : IKind
    {
        public static string Name => "sample";
    }
}
