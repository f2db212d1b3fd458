using Refresher.Core;
using Refresher.Core.Contract;
using Refresher.Core.Data;
using Refresher.Core.Schedules;
using Refresher.Testing;

namespace Refresher.Tasks.Tests;

public sealed class TaskCatalogTests
{
    /// <summary>Options that some kinds accept; what may be left out is.</summary>
    private static readonly Dictionary<string, string> Options = new()
    {
        ["hello"] = """{"name":"you"}""",
        ["http-request"] = """{"url":"https://example.org/","headers":["A: b"],"requestTimeout":"00:00:05"}""",
        ["command"] = """{"program":"/bin/true","arguments":["-a"]}""",
        ["speed-test"] = """{"duration":"00:00:08","maxMegabytes":50}""",
    };

    [Fact]
    public void Every_kind_of_the_assembly_is_in_the_catalog()
    {
        var kinds = typeof(TaskCatalog).Assembly.GetTypes().Where(type => type is { IsClass: true, IsAbstract: false } && type.IsAssignableTo(typeof(IKind)));

        Assert.Equal(kinds.Count(), TaskCatalog.Kinds.Count());
    }

    [Fact]
    public async Task The_migrations_bring_all_that_the_model_has()
    {
        await using var database = await TestDatabase.CreateAsync();
        await using var engine = await EngineHost.StartAsync(database, TaskCatalog.Kinds, "scheduler");

        // A table too many is that of a task that is gone.
        Assert.Empty((await engine.WithAsync<RefresherDb, SchemaDrift>(db => Task.FromResult(SchemaDrift.Of(db)))).Missing);
    }

    [Fact]
    public void Examples_have_options_that_their_kind_accepts()
    {
        foreach (var (kind, example) in TaskCatalog.Kinds.SelectMany(kind => kind.Examples.Select(example => (kind, example))))
        {
            var errors = new FieldErrors();
            var options = JsonInput.Read(example.Schedule.Options?.GetRawText() ?? "{}", kind.OptionsType!, ScheduleInput.Json, errors);

            Assert.NotNull(options);
            Assert.Empty(JsonInput.Validate(options, errors));
            Assert.Equal(kind.Name, example.Schedule.Kind);
        }
    }

    [Fact]
    public void Declared_schedules_have_keys_and_options_that_their_kind_accepts()
    {
        foreach (var (kind, declared) in TaskCatalog.Kinds.SelectMany(kind => kind.Schedules.Select(declared => (kind, declared))))
        {
            Assert.NotNull(declared.Key);
            Assert.Empty(KindOptions.TryRead(kind, declared.Options?.GetRawText() ?? "{}", out _));
        }
    }

    [Fact]
    public void Options_are_read_from_the_json_of_the_api()
    {
        foreach (var kind in TaskCatalog.Kinds.Where(kind => kind.CanRun))
        {
            var errors = new FieldErrors();

            var options = JsonInput.Read(Options.GetValueOrDefault(kind.Name, "{}"), kind.OptionsType!, ScheduleInput.Json, errors);

            Assert.NotNull(options);
            if (Options.ContainsKey(kind.Name))
            {
                Assert.Empty(JsonInput.Validate(options, errors));
            }
        }
    }
}
