namespace Refresher.Templates.Tests;

/// <summary>Copies that lack one part, and the one that lacks all: built as after a clone, and their fast tests.</summary>
[Trait("Suite", "template")]
public sealed class BuiltCopyTests(Templates templates) : IClassFixture<Templates>
{
    public static TheoryData<string> Chosen => [.. Options.All, string.Join(' ', Options.All)];

    [Theory]
    [MemberData(nameof(Chosen))]
    public async Task It_builds_with_an_empty_package_folder_and_passes_its_fast_tests(string options)
    {
        var copy = await templates.CopyAsync("Jobs", options.Split(' '));
        var packages = templates.Empty();

        await copy.BuildAsync(packages);
        var passed = await copy.TestAsync("Architecture") + await copy.TestAsync("ServiceDefaults")
            + await copy.TestAsync("Tasks", "FullyQualifiedName~TaskCatalogTests|FullyQualifiedName~.Hello.")
            + await copy.TestAsync("AppHost", "FullyQualifiedName~ModelTests|FullyQualifiedName~WholeSystemTests")
            + await copy.TestAsync("Web", "FullyQualifiedName~RouteTests|FullyQualifiedName~EmptyPageTests|FullyQualifiedName~.PageTests.")
            + await copy.TestAsync("Api", "FullyQualifiedName~RouteTests|FullyQualifiedName~OpenApiTests");

        Assert.True(passed > 60, $"{passed}");
    }
}
