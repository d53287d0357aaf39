/* Objects on the heap that know each other: a parent asks its children with its own lock held, a
 * child tells its parent with its own lock held.
 * verdict: finding locks=* steps=2 */
#include <memory>
#include <mutex>
#include <thread>
#include <vector>
#include "tests/prove/prove.h"

class Parent;

class Child
{
  public:
    explicit Child(Parent *its_parent) : parent(its_parent)
    {
    }
    long size()
    {
        std::lock_guard<std::mutex> hold(lock);
        return bytes;
    }
    void grow(long by);

  private:
    std::mutex lock;
    long bytes = 1; // protected by lock
    Parent *parent;
};

class Parent
{
  public:
    Parent()
    {
        for (int i = 0; i < 2; i++)
            children.push_back(std::make_unique<Child>(this));
    }
    long size()
    {
        std::lock_guard<std::mutex> hold(lock);
        long sum = 0;
        for (auto &child : children)
            sum += child->size();
        return sum;
    }
    void child_grew()
    {
        std::lock_guard<std::mutex> hold(lock);
        changes++;
    }
    Child &child(size_t number)
    {
        return *children[number];
    }
    long change_count() const
    {
        return changes;
    }

  private:
    std::mutex lock;
    long changes = 0; // protected by lock
    std::vector<std::unique_ptr<Child>> children;
};

void Child::grow(long by)
{
    std::lock_guard<std::mutex> hold(lock);
    bytes += by;
    parent->child_grew();
}

int main()
{
    auto parent = std::make_unique<Parent>();
    std::thread asks([&] { must_be(parent->size() > 0, "there is something"); });
    std::thread tells([&] {
        sleep_ms(APART_MS);
        parent->child(1).grow(4);
    });

    asks.join();
    tells.join();
    return finish(parent->size() * 10 + parent->change_count(), 61);
}
