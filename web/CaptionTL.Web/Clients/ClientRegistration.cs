namespace CaptionTL.Web.Clients;

/// <summary>Typed clients of the API, with the visitor's key.</summary>
internal static class ClientRegistration
{
    public static void AddClients(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ApiAddress>();
        builder.Services.AddHttpClient<ApiClient>((services, http) =>
        {
            http.BaseAddress = services.GetRequiredService<ApiAddress>().Value;
            http.Timeout = TimeSpan.FromMinutes(5); // a first question may load a model
        });
        builder.Services.AddTransient<CaptionClient>();
        builder.Services.AddTransient<ClassifyClient>();
        builder.Services.AddTransient<ModelsClient>();
        builder.Services.AddTransient<DataSetsClient>();
        builder.Services.AddTransient<JobsClient>();
        builder.Services.AddTransient<RunsClient>();
        builder.Services.AddTransient<SimilarClient>();
        builder.Services.AddTransient<KeysClient>();
        builder.Services.AddTransient<CacheClient>();
    }
}
