using Refresher.Core;
using Refresher.Core.Execution;
using Refresher.ServiceDefaults;
using Refresher.Tasks;

if (HealthQuestion.IsAsked(args))
{
    return await HealthQuestion.AskAsync();
}

var builder = WebApplication.CreateBuilder(args);
if (TaskCatalog.Kinds.VerbOf(args) is { } verb)
{
    return await verb(builder.Configuration);
}

builder.AddServiceDefaults();
builder.AddRefresherData(TaskCatalog.Kinds, maxPoolSize: 20);
builder.AddWorker(TaskCatalog.Kinds);

var app = builder.Build();
app.MapDefaultEndpoints();
await app.RunAsync();
return 0;
