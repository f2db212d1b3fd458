namespace Refresher.Templates.Tests;

/// <summary>Copies with every combination of the options: built as after a clone, and their fast tests. Each is gone once it has passed, as sixteen of them with their packages would fill a small disk.</summary>
[Trait("Suite", "template")]
public sealed class BuiltCopyTests(Templates templates) : IClassFixture<Templates>
{
    public static TheoryData<string> Chosen => [.. Options.Combinations().Select(options => string.Join(' ', options))];

    [Theory]
    [MemberData(nameof(Chosen))]
    public async Task It_builds_with_an_empty_package_folder_and_passes_its_fast_tests(string options)
    {
        var copy = await templates.CopyAsync("Jobs", options.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        var packages = templates.Empty();

        await copy.BuildAsync(packages);
        var passed = await copy.TestAsync("Architecture") + await copy.TestAsync("ServiceDefaults")
            + await copy.TestAsync("Tasks", "FullyQualifiedName~TaskCatalogTests|FullyQualifiedName~.Hello.")
            + await copy.TestAsync("AppHost", "FullyQualifiedName~ModelTests|FullyQualifiedName~WholeSystemTests")
            + await copy.TestAsync("Web", "FullyQualifiedName~RouteTests|FullyQualifiedName~EmptyPageTests|FullyQualifiedName~.PageTests.")
            + await copy.TestAsync("Api", "FullyQualifiedName~RouteTests|FullyQualifiedName~OpenApiTests");

        Assert.True(passed > 60, $"{passed}");
        Directory.Delete(copy.Folder, recursive: true);
        Directory.Delete(packages, recursive: true);
    }
}
