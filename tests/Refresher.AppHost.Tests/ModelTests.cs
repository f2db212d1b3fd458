using Aspire.Hosting.ApplicationModel;
using Aspire.Hosting.Testing;

namespace Refresher.AppHost.Tests;

/// <summary>What the AppHost describes, without starting it.</summary>
public sealed class ModelTests
{
    private static readonly string[] s_projects = ["api", "scheduler", "web", "worker"];

    [Fact]
    public async Task Every_project_has_the_stores_and_waits_for_them()
    {
        await using var builder = await DescribeAsync("--throwaway=true");

        foreach (var project in builder.Resources.OfType<ProjectResource>())
        {
            var references = project.Annotations.OfType<ResourceRelationshipAnnotation>().Where(r => r.Type == "Reference").Select(r => r.Resource.Name);
            var waits = project.Annotations.OfType<WaitAnnotation>().Select(w => w.Resource.Name);
            Assert.Superset(new HashSet<string> { "refresher", "redis" }, references.ToHashSet());
            Assert.Superset(new HashSet<string> { "refresher", "redis" }, waits.ToHashSet());
        }

        Assert.Equal(s_projects, builder.Resources.OfType<ProjectResource>().Select(p => p.Name).Order());
    }

    [Fact]
    public async Task Only_web_and_api_face_the_world_and_management_never_does()
    {
        await using var builder = await DescribeAsync("--throwaway=true");

        var endpoints = builder.Resources.OfType<ProjectResource>().SelectMany(p => p.Annotations.OfType<EndpointAnnotation>().Select(e => (Project: p.Name, Endpoint: e))).ToList();

        Assert.Equal(["api/http", "web/http"], endpoints.Where(e => e.Endpoint.IsExternal).Select(e => $"{e.Project}/{e.Endpoint.Name}").Order());
        Assert.Equal(s_projects, endpoints.Where(e => e.Endpoint.Name == "management").Select(e => e.Project).Order());
    }

    [Fact]
    public async Task The_arguments_say_how_many_workers_and_schedulers_run_and_on_which_ports()
    {
        await using var builder = await DescribeAsync("--throwaway=true", "--workers", "3", "--schedulers", "2", "--web-port", "18080");

        int Replicas(string name) => builder.Resources.Single(r => r.Name == name).Annotations.OfType<ReplicaAnnotation>().Last().Replicas;
        int? Port(string name) => builder.Resources.Single(r => r.Name == name).Annotations.OfType<EndpointAnnotation>().Single(e => e.Name == "http").Port;
        Assert.Equal((3, 2), (Replicas("worker"), Replicas("scheduler")));
        Assert.Equal((18080, 8081), (Port("web"), Port("api")));
    }

    [Fact]
    public async Task What_opens_doors_is_a_secret_parameter()
    {
        await using var builder = await DescribeAsync("--throwaway=true");

        Assert.All(["admin-password", "api-key", "master-key"], name => Assert.True(builder.Resources.OfType<ParameterResource>().Single(parameter => parameter.Name == name).Secret));
    }

    [Fact]
    public async Task An_argument_out_of_range_describes_nothing()
    {
        await Assert.ThrowsAsync<InvalidOperationException>(() => DescribeAsync("--throwaway=true", "--workers", "0"));
    }

    internal static async Task<IDistributedApplicationTestingBuilder> DescribeAsync(params string[] args)
    {
        var state = Directory.CreateTempSubdirectory("refresher-model-");
        try
        {
            return await DistributedApplicationTestingBuilder.CreateAsync<Projects.Refresher_AppHost>([.. args, "--state", state.FullName]);
        }
        finally
        {
            state.Delete(recursive: true);
        }
    }
}
